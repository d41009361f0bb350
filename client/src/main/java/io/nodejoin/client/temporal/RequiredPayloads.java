package io.nodejoin.client.temporal;

import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.failure.v1.Failure;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.context.SerializationContext;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/**
 * Refuses arguments and results that are absent. The SDK takes null for them, and whoever reaches Temporal can leave them
 * out; those who have the key never do, since a null of theirs is a payload too. Outside of workflows nothing is required:
 * a replay has no result.
 */
final class RequiredPayloads implements DataConverter, PayloadCodec {
    private final CodecDataConverter encrypting;
    private final boolean ofWorkflow;

    RequiredPayloads(CodecDataConverter encrypting) {
        this(encrypting, false);
    }

    private RequiredPayloads(CodecDataConverter encrypting, boolean ofWorkflow) {
        this.encrypting = encrypting;
        this.ofWorkflow = ofWorkflow;
    }

    @Override
    public RequiredPayloads withContext(SerializationContext context) {
        return new RequiredPayloads(encrypting.withContext(context), true);
    }

    @Override
    public <T> T fromPayloads(int index, Optional<Payloads> content, Class<T> type, Type genericType) {
        require(content, index);
        return encrypting.fromPayloads(index, content, type, genericType);
    }

    /** All but the first may be absent: a workflow that continues as new has no enrollment. */
    @Override
    public Object[] fromPayloads(Optional<Payloads> content, Class<?>[] types, Type[] genericTypes) {
        if (types.length > 0) {
            require(content, 0);
        }
        return encrypting.fromPayloads(content, types, genericTypes);
    }

    private void require(Optional<Payloads> content, int index) {
        if (ofWorkflow && content.map(Payloads::getPayloadsCount).orElse(0) <= index) {
            throw new UnreadablePayloadException("a payload is absent, so it is not encrypted", null);
        }
    }

    @Override
    public <T> Optional<Payload> toPayload(T value) {
        return encrypting.toPayload(value);
    }

    @Override
    public <T> T fromPayload(Payload payload, Class<T> type, Type genericType) {
        return encrypting.fromPayload(payload, type, genericType);
    }

    @Override
    public Optional<Payloads> toPayloads(Object... values) {
        return encrypting.toPayloads(values);
    }

    @Override
    public Failure exceptionToFailure(Throwable throwable) {
        return encrypting.exceptionToFailure(throwable);
    }

    @Override
    public RuntimeException failureToException(Failure failure) {
        return encrypting.failureToException(failure);
    }

    @Override
    public List<Payload> encode(List<Payload> payloads) {
        return encrypting.encode(payloads);
    }

    @Override
    public List<Payload> decode(List<Payload> payloads) {
        return encrypting.decode(payloads);
    }
}
