/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_INIT_H
#define STUB_INIT_H

#include <linux/types.h>

#define __init __attribute__((__section__(".init.text")))
#define __exit __attribute__((__section__(".exit.text"))) __used
typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);
#define module_init(fn) \
	static initcall_t __PASTE(__initcall_, fn) __used __attribute__((__section__(".initcall6.init"))) = fn
#define module_exit(fn) \
	static exitcall_t __PASTE(__exitcall_, fn) __used __attribute__((__section__(".exitcall.exit"))) = fn

#endif
