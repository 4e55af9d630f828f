/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STUB_SMP_H
#define STUB_SMP_H

#include <linux/kernel.h>

typedef void (*smp_call_func_t)(void *info);
int smp_call_function_single(int cpuid, smp_call_func_t func, void *info, int wait);
void smp_call_function(smp_call_func_t func, void *info, int wait);
int smp_processor_id(void);

#endif
