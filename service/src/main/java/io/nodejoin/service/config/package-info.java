/** The one YAML file of the service as records; an invalid one cannot exist. */
@NullMarked
package io.nodejoin.service.config;

import org.jspecify.annotations.NullMarked;
