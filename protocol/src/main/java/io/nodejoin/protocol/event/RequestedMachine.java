package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.MachineId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which machine a join is for. The endorsement key is proved by the machine's TPM; the system UUID is what the host says of
 * itself. The other members choose a machine of the pool.
 *
 * @param endorsementKey {@code sha256:} and the lower-case hex SHA-256 of the DER SubjectPublicKeyInfo of the RSA 2048
 *     endorsement key of the machine's TPM 2.0; absent means that no TPM is required
 * @param systemUuid the SMBIOS system UUID, as in {@code nodeInfo.systemUUID} of a Node; absent means any
 * @param id the one machine of the pool; absent means any
 * @param labels labels that the machine was offered with
 * @param minCpus the least number of CPUs; absent means any
 * @param minMemoryBytes the least memory; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RequestedMachine(
        @Nullable String endorsementKey,
        @Nullable String systemUuid,
        @Nullable MachineId id,
        Map<String, String> labels,
        @Nullable Integer minCpus,
        @Nullable Long minMemoryBytes) {
    /** Any machine. */
    public static final RequestedMachine ANY = new RequestedMachine(null, null);

    @SuppressWarnings("ConstantValue") // an absent member is null after JSON parsing
    public RequestedMachine {
        labels = labels == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** Makes a requirement on the machine's identity alone. */
    public RequestedMachine(@Nullable String endorsementKey, @Nullable String systemUuid) {
        this(endorsementKey, systemUuid, null, Map.of(), null, null);
    }
}
