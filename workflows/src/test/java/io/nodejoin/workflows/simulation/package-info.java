/**
 * Joins in one JVM without threads, network and time of their own: the seed decides every order and every fault, so the same seed is the
 * same run. What decides is the real workflow code, driven by the SDK's own replay; what it meets is made here.
 */
@NullMarked
package io.nodejoin.workflows.simulation;

import org.jspecify.annotations.NullMarked;
