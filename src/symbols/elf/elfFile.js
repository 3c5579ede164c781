export {};
//# sourceMappingURL=elfFile.js.map