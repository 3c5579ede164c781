export {};
//# sourceMappingURL=compilationUnit.js.map