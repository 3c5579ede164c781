export {};
//# sourceMappingURL=debugInformation.js.map