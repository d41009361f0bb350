package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** What identifies a host and its kubelet; compared with what the Node object later says. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFacts(
        String machineId,
        @Nullable String systemUuid,
        @Nullable String kubeletVersion,
        String os,
        String kernel) {}
