package io.nodejoin.protocol.golden;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.nodejoin.protocol.join.JoinEventType;
import java.util.List;

/** Validates as the intake does: JSON Schema 2020-12 with formats asserted. */
final class Schemas {
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private Schemas() {}

    static List<Error> errors(JoinEventType type, String json) {
        Schema schema = REGISTRY.getSchema(Golden.schema(type));
        return schema.validate(
                json,
                InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }
}
