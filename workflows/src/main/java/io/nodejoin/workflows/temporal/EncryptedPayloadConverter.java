package io.nodejoin.workflows.temporal;

import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.PayloadConverter;
import java.lang.reflect.Type;
import java.util.Optional;

/** Says of an encrypted payload that it cannot be read: a codec has decrypted what this process has keys for. */
final class EncryptedPayloadConverter implements PayloadConverter {
    @Override
    public String getEncodingType() {
        return DataConverters.ENCRYPTED;
    }

    @Override
    public Optional<Payload> toData(Object value) {
        return Optional.empty();
    }

    @Override
    public <T> T fromData(Payload content, Class<T> valueClass, Type valueType) {
        throw new UnreadablePayloadException(
                "data from Temporal is encrypted, and temporal.payloads.keysFile (NODEJOIN_PAYLOAD_KEYS) is not set",
                null);
    }
}
