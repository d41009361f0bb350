/** What a host must and should be like before it joins: named checks, all looked at, each with what repairs it. */
@NullMarked
package io.nodejoin.agent.preflight;

import org.jspecify.annotations.NullMarked;
