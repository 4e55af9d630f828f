/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_PERCPU_H
#define STUB_PERCPU_H

#include <linux/kernel.h>

#define DEFINE_PER_CPU(type, name) \
	__attribute__((__section__(".data..percpu"))) __typeof__(type) name
extern unsigned long __per_cpu_offset[64];
#define per_cpu_offset(x) (__per_cpu_offset[x])
#define RELOC_HIDE(ptr, off)							\
({										\
	unsigned long __ptr;							\
	__ptr = (unsigned long)(ptr);						\
	(__typeof__(ptr))(__ptr + (off));					\
})
#define per_cpu_ptr(ptr, cpu) ({ RELOC_HIDE((__typeof__(*(ptr)) *)(ptr), per_cpu_offset((cpu))); })
#define arch_raw_cpu_ptr(ptr)							\
({										\
	unsigned long tcp_ptr__;						\
	asm ("add %1, %0" : "=r" (tcp_ptr__) : "m" (__per_cpu_offset[0]), "0" (ptr)); \
	(__typeof__(*(ptr)) *)tcp_ptr__;					\
})
#define this_cpu_ptr(ptr) ({ arch_raw_cpu_ptr(ptr); })

#endif
