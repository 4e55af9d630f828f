/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_SLAB_H
#define STUB_SLAB_H

#include <linux/types.h>

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void kfree(const void *p);

#endif
