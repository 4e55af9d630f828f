/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stub headers for tests/cases: the kernel's names in the shape that the parser sees them in the
 * kernel (which of them are macros, what the macros call), and nothing more.  Never linked.
 */
#ifndef STUB_TYPES_H
#define STUB_TYPES_H

#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
#define true 1
#define false 0
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ __volatile__("" : : : "memory")
#define __always_inline inline __attribute__((__always_inline__))
#define __must_check
#define __user
#define __percpu
#define __iomem
#define __maybe_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __noreturn __attribute__((__noreturn__))
#define __cleanup(fn) __attribute__((__cleanup__(fn)))
#define fallthrough __attribute__((__fallthrough__))
#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)
#define typecheck(type, x) ({ type __dummy; __typeof__(x) __dummy2; (void)(&__dummy == &__dummy2); 1; })
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val) do { *(volatile __typeof__(x) *)&(x) = (val); } while (0)
#define EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)

typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;
typedef unsigned long size_t;
typedef long ssize_t;
typedef long long loff_t;
typedef s64 ktime_t;
typedef unsigned int gfp_t;
typedef struct { int counter; } atomic_t;

#define GFP_KERNEL 0xcc0u
#define GFP_ATOMIC 0xa20u
#define EINVAL 22
#define EBUSY 16
#define ENOMEM 12

struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };

#endif
