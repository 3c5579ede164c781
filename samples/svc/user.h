/* SPDX-License-Identifier: MIT */
#ifndef STEPTRAP_USER_H
#define STEPTRAP_USER_H

/* Runs at EL0, ends by a call of EL1. */
void user_program(void);

#endif
