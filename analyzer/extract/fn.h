/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fn.h - private to extract/: definitions -> finished functions.  Results are tu->tmp's. */
#ifndef SD_EXTRACT_FN_H
#define SD_EXTRACT_FN_H

#include "low.h"

struct sd_fn *sd_extract_fn(struct tu *tu, struct di *d);       /* NULL: no body */
void sd_extract_var(struct tu *tu, struct di *d);
struct sd_fn *sd_extract_globals(struct tu *tu);

#endif
