/** The service's YAML file as validated records. */
@NullMarked
package io.nodejoin.service.config;

import org.jspecify.annotations.NullMarked;
