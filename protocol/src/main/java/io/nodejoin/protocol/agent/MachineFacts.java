package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a machine that waits in a pool says of itself, by which joins choose it.
 *
 * @param architecture as in {@code nodeInfo.architecture} of a Node, such as {@code amd64}
 * @param cpus the number of CPUs
 * @param memoryBytes the memory
 * @param diskBytes the size of the file system of {@code /var/lib}
 * @param addresses its global addresses, that of the default route first
 * @param systemUuid the SMBIOS system UUID; absent if it has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MachineFacts(
        String architecture,
        int cpus,
        long memoryBytes,
        long diskBytes,
        List<String> addresses,
        @Nullable String systemUuid) {
    public MachineFacts {
        addresses = List.copyOf(addresses);
    }
}
