/** Makes what the packages of the worker-agent hold: jars, a Java runtime, and an archive of loaded classes. */
@NullMarked
package io.nodejoin.agentpackage;

import org.jspecify.annotations.NullMarked;
