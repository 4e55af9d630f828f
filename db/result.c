/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result.c - the words and letters that every report prints. */
#include "result.h"

/* lockdep.c, usage_str[]: what lockdep calls the bits when it prints where one was set. */
const char *const sd_usage_name[SD_U_COUNT] = {
	[SD_U_IN_HARDIRQ_W] = "IN-HARDIRQ-W",
	[SD_U_IN_HARDIRQ_R] = "IN-HARDIRQ-R",
	[SD_U_IN_SOFTIRQ_W] = "IN-SOFTIRQ-W",
	[SD_U_IN_SOFTIRQ_R] = "IN-SOFTIRQ-R",
	[SD_U_HARDIRQ_ON_W] = "HARDIRQ-ON-W",
	[SD_U_HARDIRQ_ON_R] = "HARDIRQ-ON-R",
	[SD_U_SOFTIRQ_ON_W] = "SOFTIRQ-ON-W",
	[SD_U_SOFTIRQ_ON_R] = "SOFTIRQ-ON-R",
};

const char *const sd_finding_kind_name[SD_K_COUNT] = {
	[SD_K_IRQ_INVERSION] = "irq-inversion",
	[SD_K_INCONSISTENT] = "inconsistent-state",
	[SD_K_CIRCULAR] = "circular",
	[SD_K_RECURSIVE] = "recursive",
	[SD_K_WAIT_CONTEXT] = "wait-context",
	[SD_K_SLEEPING] = "sleeping",
	[SD_K_BAD_UNLOCK] = "bad-unlock",
	[SD_K_HELD_AT_EXIT] = "held-at-exit",
	[SD_K_HELD_FREED] = "held-freed",
};

const char *const sd_rank_name[3] = {
	[SD_RANK_HIGH] = "high",
	[SD_RANK_MEDIUM] = "medium",
	[SD_RANK_LOW] = "low",
};

/* lockdep-design.rst, "State": the table of '.', '-', '+' and '?'. */
static char usage_char(uint8_t usage, enum sd_usage in, enum sd_usage on)
{
	bool is_in = usage & (1u << in), is_on = usage & (1u << on);

	return is_in ? (is_on ? '?' : '-') : (is_on ? '+' : '.');
}

void sd_usage_bits(uint8_t usage, char out[5])
{
	out[0] = usage_char(usage, SD_U_IN_HARDIRQ_W, SD_U_HARDIRQ_ON_W);
	out[1] = usage_char(usage, SD_U_IN_HARDIRQ_R, SD_U_HARDIRQ_ON_R);
	out[2] = usage_char(usage, SD_U_IN_SOFTIRQ_W, SD_U_SOFTIRQ_ON_W);
	out[3] = usage_char(usage, SD_U_IN_SOFTIRQ_R, SD_U_SOFTIRQ_ON_R);
	out[4] = '\0';
}
