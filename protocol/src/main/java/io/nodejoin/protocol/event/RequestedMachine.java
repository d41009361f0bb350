package io.nodejoin.protocol.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Which machine a join is for. The endorsement key is proved by the machine's TPM; the system UUID is what the host says of
 * itself.
 *
 * @param endorsementKey {@code sha256:} and the lower-case hex SHA-256 of the DER SubjectPublicKeyInfo of the RSA 2048
 *     endorsement key of the machine's TPM 2.0; absent means that no TPM is required
 * @param systemUuid the SMBIOS system UUID, as in {@code nodeInfo.systemUUID} of a Node; absent means any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestedMachine(
        @Nullable String endorsementKey, @Nullable String systemUuid) {}
