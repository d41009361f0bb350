package io.nodejoin.testbed.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The one place that sees all modules, so also the one that can say how they may see each other. */
@AnalyzeClasses(
        packages = "io.nodejoin",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule modulesSeeOnlyWhatIsBelowThem = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("protocol")
            .definedBy("io.nodejoin.protocol..")
            .layer("workflows")
            .definedBy("io.nodejoin.workflows..")
            .layer("activities")
            .definedBy("io.nodejoin.activities..")
            .layer("gateway")
            .definedBy("io.nodejoin.gateway..")
            .layer("visibility")
            .definedBy("io.nodejoin.visibility..")
            .layer("dashboard")
            .definedBy("io.nodejoin.dashboard..")
            .layer("service")
            .definedBy("io.nodejoin.service..")
            .layer("client")
            .definedBy("io.nodejoin.client..")
            .layer("cli")
            .definedBy("io.nodejoin.cli..")
            .layer("worker-agent")
            .definedBy("io.nodejoin.agent..")
            .layer("testbed")
            .definedBy("io.nodejoin.testbed..")
            .whereLayer("testbed")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("service")
            .mayOnlyBeAccessedByLayers("testbed")
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("service", "testbed")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("cli", "service", "testbed")
            .whereLayer("gateway")
            .mayOnlyBeAccessedByLayers("service", "testbed")
            .whereLayer("dashboard")
            .mayOnlyBeAccessedByLayers("service", "testbed")
            .whereLayer("visibility")
            .mayOnlyBeAccessedByLayers("dashboard", "client", "cli", "service", "testbed")
            .whereLayer("worker-agent")
            .mayOnlyBeAccessedByLayers("testbed")
            .whereLayer("activities")
            .mayOnlyBeAccessedByLayers("gateway", "client", "cli", "service", "testbed")
            .whereLayer("workflows")
            .mayOnlyBeAccessedByLayers(
                    "activities", "gateway", "visibility", "dashboard", "client", "cli", "service", "testbed");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.testbed.(*)..").should().beFreeOfCycles();

    /** What judges Nodejoin from outside shares no code with it. */
    @ArchTest
    static final ArchRule checkerSeesNothingOfTheProduct = noClasses()
            .that()
            .resideInAPackage("io.nodejoin.testbed.check..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.nodejoin..").and(resideOutsideOfPackage("io.nodejoin.testbed..")));

    /** The scripts run it from its sources, with nothing on the class path. */
    @ArchTest
    static final ArchRule preflightNeedsTheJdkAlone = classes()
            .that()
            .resideInAnyPackage("io.nodejoin.testbed.preflight", "io.nodejoin.testbed.config")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..", "org.jspecify..", "io.nodejoin.testbed.preflight", "io.nodejoin.testbed.config");

    @ArchTest
    static final ArchRule hasNoStaticStateThatChanges = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("io.nodejoin.testbed..")
            .should()
            .beFinal();
}
