from tests.engine.compiled.native_runs import WIDTHS, fixture_of_libraries

library = fixture_of_libraries(WIDTHS)
