/** Whether `address` lies in one of `ranges`. */
export const isInRanges = (ranges, address) => ranges.some(range => range.start <= address && address < range.end);
//# sourceMappingURL=scope.js.map