/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * par.h - one loop on several processors.
 *
 * What a loop leaves behind must not depend on which worker did what, or when: each index writes only what is its own, and
 * what workers share (terms, rows, arenas, names, hash tables) is not changed meanwhile, unless it says that it may be.
 */
#ifndef SD_PAR_H
#define SD_PAR_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* Indexes [from, to).  @worker is below the loop's jobs: scratch that the loop keeps per worker is its own. */
typedef void (*par_work)(void *arg, unsigned worker, size_t from, size_t to);

/*
 * All of [0, n), @step indexes at a time, whoever is free taking the next ones; the caller is worker 0.  Returns when all is done.
 * One job, or a loop of one step, starts no thread; a thread that cannot be had is done without.
 */
void par_for(unsigned jobs, size_t n, size_t step, par_work work, void *arg);

/* Two things that do not touch each other, at once where there are two jobs; @a, by the caller's thread, is the longer one. */
void par_both(unsigned jobs, void (*a)(void *arg), void (*b)(void *arg), void *arg);

/* Something that goes on beside the caller until he waits for it; with one job it is done when it is begun. */
struct par_aside { void (*run)(void *arg); void *arg; pthread_t thread; bool apart; };
void par_begin(unsigned jobs, struct par_aside *a, void (*run)(void *arg), void *arg);
void par_wait(struct par_aside *a);     /* also when nothing was begun */

#endif
