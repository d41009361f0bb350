package io.nodejoin.testbed.chaos;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.faults.FailAction;
import io.nodejoin.testbed.faults.FailPlan;
import io.nodejoin.testbed.faults.Marker;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.util.List;
import java.util.function.Consumer;

/** A part that is killed while joins are at their steps. */
interface Victim {
    /** Begins the joins and kills until each of them was struck; returns what did not happen. */
    List<String> strike(ChaosBed bed, Sweep sweep);

    /** Intake, gateway and workers in one process. Each life of it knows the steps that are left. */
    static Victim service() {
        return (bed, sweep) -> {
            SupervisedProcess service = bed.parts().service().process();
            service.kill();
            sweep.begin(_ -> true);
            return sweep.strike(
                    () -> {
                        FailPlan plan = sweep.plan(FailAction.HALT);
                        bed.parts().service().startFailing(plan);
                        return new Marker(plan.marker());
                    },
                    service::kill);
        };
    }

    static Victim kafka() {
        return part(parts -> {
            parts.kafka().process().kill();
            parts.kafka().start();
        });
    }

    static Victim temporal() {
        return part(parts -> {
            parts.temporal().process().kill();
            parts.temporal().start();
        });
    }

    private static Victim part(Consumer<TestBed> blow) {
        return (bed, sweep) -> {
            FailPlan plan = sweep.plan(FailAction.DELAY);
            bed.serveFailing(plan);
            sweep.begin(Cell::waitsForOthers);
            return sweep.strike(() -> new Marker(plan.marker()), () -> blow.accept(bed.parts()));
        };
    }
}
