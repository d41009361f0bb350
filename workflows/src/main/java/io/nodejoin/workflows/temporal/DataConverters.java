package io.nodejoin.workflows.temporal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;

/**
 * The data converter of every Temporal client and worker of Nodejoin: ignores unknown members when reading, writes ISO
 * 8601 times.
 */
public final class DataConverters {
    /** The metadata {@code encoding} of an encrypted payload, by which Temporal's UI asks a codec server. */
    public static final String ENCRYPTED = "binary/encrypted";

    private DataConverters() {}

    /** Returns a converter that ignores members which a newer version may add. */
    public static DataConverter dataConverter() {
        return DefaultDataConverter.newDefaultInstance()
                .withPayloadConverterOverrides(
                        new JacksonJsonPayloadConverter(objectMapper()), new EncryptedPayloadConverter());
    }

    /** Returns a mapper for the converter's JSON, for data stored outside of Temporal. */
    public static ObjectMapper objectMapper() {
        return JacksonJsonPayloadConverter.newDefaultObjectMapper()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
    }
}
