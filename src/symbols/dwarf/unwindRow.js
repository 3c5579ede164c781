export {};
//# sourceMappingURL=unwindRow.js.map