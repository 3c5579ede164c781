export {};
//# sourceMappingURL=sourceLine.js.map