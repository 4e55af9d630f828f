/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_KERNEL_H
#define STUB_KERNEL_H

#include <linux/types.h>

#define container_of(ptr, type, member) ({			\
	void *__mptr = (void *)(ptr);				\
	((type *)(__mptr - offsetof(type, member))); })

int printk(const char *fmt, ...);
void panic(const char *fmt, ...) __noreturn;
void __might_sleep(const char *file, int line);
#define might_sleep() __might_sleep(__FILE__, __LINE__)

#endif
