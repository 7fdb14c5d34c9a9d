from tests.engine.compiled.native_runs import fixture_of_libraries, machines

library = fixture_of_libraries(machines())
