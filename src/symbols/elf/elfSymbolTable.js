export {};
//# sourceMappingURL=elfSymbolTable.js.map