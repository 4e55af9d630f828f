/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_SYSCALLS_H
#define STUB_SYSCALLS_H

#include <linux/types.h>

struct pt_regs { unsigned long di, si, dx; };

#define SYSCALL_DEFINE0(sname)							\
	long __x64_sys_##sname(const struct pt_regs *__unused);			\
	long __x64_sys_##sname(const struct pt_regs *__unused)

#define SYSCALL_DEFINE1(sname, t1, a1)						\
	long __x64_sys_##sname(const struct pt_regs *regs);			\
	static long __se_sys_##sname(unsigned long a1);				\
	static inline long __do_sys_##sname(t1 a1);				\
	long __x64_sys_##sname(const struct pt_regs *regs)			\
	{									\
		return __se_sys_##sname(regs->di);				\
	}									\
	static long __se_sys_##sname(unsigned long a1)				\
	{									\
		long ret = __do_sys_##sname((t1)a1);				\
		return ret;							\
	}									\
	static inline long __do_sys_##sname(t1 a1)

#endif
