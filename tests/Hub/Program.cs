using Holdfast.Hub.Loss;

// What the hub runs inside of a machine is in these tests this program.
return args is ["inside", "keep"] ? InsideKeep.Run(Console.OpenStandardInput(), Console.OpenStandardOutput()) : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
