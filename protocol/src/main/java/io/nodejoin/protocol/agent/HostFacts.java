package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Identifies a host and its kubelet. Compared with what the Node object reports. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFacts(
        String machineId,
        @Nullable String systemUuid,
        @Nullable String kubeletVersion,
        String os,
        String kernel) {}
