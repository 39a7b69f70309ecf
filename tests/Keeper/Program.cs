using Holdfast.Keeper.Tests;

// The keeper that the tests talk to and kill is this program.
return args is ["keeper", "run", ..] ? await KeeperProgram.RunAsync(args) : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
