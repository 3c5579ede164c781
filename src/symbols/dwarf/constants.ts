// SPDX-License-Identifier: MIT
export const DW_ATE = {} as const;
export const DW_LANG = {} as const;
