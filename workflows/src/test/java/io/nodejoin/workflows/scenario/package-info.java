/** Whole workflows in scenarios, with fakes in place of activities. */
@NullMarked
package io.nodejoin.workflows.scenario;

import org.jspecify.annotations.NullMarked;
