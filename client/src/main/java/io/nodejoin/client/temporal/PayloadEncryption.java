package io.nodejoin.client.temporal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.client.temporal.PayloadKeys.PayloadKey;
import io.nodejoin.workflows.temporal.DataConverters;
import io.nodejoin.workflows.temporal.UnreadablePayloadException;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import io.temporal.payload.context.HasWorkflowSerializationContext;
import io.temporal.payload.context.SerializationContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwe.ContentEncryptionAlgorithmIdentifiers;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.jwe.KeyManagementAlgorithmIdentifiers;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts each payload for Temporal: a JWE (RFC 7516, {@code dir} with {@code A256GCM}) of the whole payload, whose
 * authenticated header names the workflow that it was made for. Temporal, and whoever reaches it, reads nothing of it, and
 * can neither make one nor use one of another workflow.
 */
public final class PayloadEncryption implements PayloadCodec {
    private static final String ENCODING_KEY = "encoding";
    private static final String KEY_ID_KEY = "encryption-key-id";
    private static final String WORKFLOW_HEADER = "wid";
    private static final AlgorithmConstraints DIRECT =
            new AlgorithmConstraints(ConstraintType.PERMIT, KeyManagementAlgorithmIdentifiers.DIRECT);
    private static final AlgorithmConstraints AES_256_GCM =
            new AlgorithmConstraints(ConstraintType.PERMIT, ContentEncryptionAlgorithmIdentifiers.AES_256_GCM);

    private final PayloadKeys keys;
    private final UnencryptedPayloads unencrypted;
    private final @Nullable String workflowId;

    PayloadEncryption(PayloadKeys keys, UnencryptedPayloads unencrypted) {
        this(keys, unencrypted, null);
    }

    private PayloadEncryption(PayloadKeys keys, UnencryptedPayloads unencrypted, @Nullable String workflowId) {
        this.keys = keys;
        this.unencrypted = unencrypted;
        this.workflowId = workflowId;
    }

    /** Returns this codec for payloads of one workflow: what was made for another one is refused. */
    @Override
    public PayloadEncryption withContext(SerializationContext context) {
        return context instanceof HasWorkflowSerializationContext of
                ? new PayloadEncryption(keys, unencrypted, of.getWorkflowId())
                : this;
    }

    /** Encrypts with the first key. Throws {@link PayloadCodecException} if there is none: nothing leaves in plain text. */
    @Override
    public List<Payload> encode(List<Payload> payloads) {
        return payloads.stream().map(this::encrypt).toList();
    }

    /**
     * Decrypts. Throws {@link UnreadablePayloadException} for a payload of an
     * unknown key, that was changed, that is of another workflow, or that is not encrypted and has to be.
     */
    @Override
    public List<Payload> decode(List<Payload> payloads) {
        return payloads.stream().map(this::decrypt).toList();
    }

    /** Decrypts a payload of any workflow; empty if it is not encrypted, or cannot be decrypted. */
    Optional<Decrypted> decryptAny(Payload payload) {
        if (!isEncrypted(payload)) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(payload));
        } catch (UnreadablePayloadException _) {
            return Optional.empty();
        }
    }

    private Payload encrypt(Payload payload) {
        PayloadKey key = keys.encrypting();
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(KeyManagementAlgorithmIdentifiers.DIRECT);
        jwe.setEncryptionMethodHeaderParameter(ContentEncryptionAlgorithmIdentifiers.AES_256_GCM);
        jwe.setKeyIdHeaderValue(key.id());
        if (workflowId != null) {
            jwe.setHeader(WORKFLOW_HEADER, workflowId);
        }
        jwe.setKey(key.key());
        jwe.setPlaintext(payload.toByteArray());
        try {
            return Payload.newBuilder()
                    .putMetadata(ENCODING_KEY, ByteString.copyFromUtf8(DataConverters.ENCRYPTED))
                    .putMetadata(KEY_ID_KEY, ByteString.copyFromUtf8(key.id()))
                    .setData(ByteString.copyFromUtf8(jwe.getCompactSerialization()))
                    .build();
        } catch (JoseException e) {
            throw new PayloadCodecException("a payload cannot be encrypted with the key " + key.id(), e);
        }
    }

    private Payload decrypt(Payload payload) {
        if (!isEncrypted(payload)) {
            if (unencrypted == UnencryptedPayloads.ALLOW) {
                return payload;
            }
            throw new UnreadablePayloadException(
                    "a payload is not encrypted, and temporal.payloads.unencrypted is refuse", null);
        }
        Decrypted decrypted = open(payload);
        requireOwnWorkflow(decrypted.workflowId());
        return decrypted.payload();
    }

    private static boolean isEncrypted(Payload payload) {
        return DataConverters.ENCRYPTED.equals(
                payload.getMetadataOrDefault(ENCODING_KEY, ByteString.EMPTY).toStringUtf8());
    }

    /** @param workflowId the workflow that the payload was made for; null if it was made for none */
    record Decrypted(Payload payload, @Nullable String workflowId) {}

    private Decrypted open(Payload payload) {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmConstraints(DIRECT);
        jwe.setContentEncryptionAlgorithmConstraints(AES_256_GCM);
        try {
            jwe.setCompactSerialization(payload.getData().toString(StandardCharsets.US_ASCII));
            String id = Objects.requireNonNullElse(jwe.getKeyIdHeaderValue(), "");
            jwe.setKey(keys.find(id)
                    .orElseThrow(() -> new UnreadablePayloadException(
                            "a payload is encrypted with the key " + id + ", which is not in " + keys, null))
                    .key());
            byte[] content = jwe.getPlaintextBytes();
            return new Decrypted(Payload.parseFrom(content), jwe.getHeader(WORKFLOW_HEADER));
        } catch (JoseException | InvalidProtocolBufferException e) {
            throw new UnreadablePayloadException("a payload was changed, or is none of Nodejoin", e);
        }
    }

    private void requireOwnWorkflow(@Nullable String madeFor) {
        if (workflowId != null && !workflowId.equals(madeFor)) {
            throw new UnreadablePayloadException("a payload of " + workflowId + " was made for " + madeFor, null);
        }
    }
}
