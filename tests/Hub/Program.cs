using System.Diagnostics;
using Holdfast.Hub.Loss;

// What the hub runs inside of a machine is in these tests this program. A file says before which step it is to be killed.
const string DieAt = "/run/machine/die-at";
switch (args)
{
    case ["inside", "keep"]:
        var step = File.Exists(DieAt) ? File.ReadAllText(DieAt).Trim() : null;
        InsideKeep.Step = now =>
        {
            if (now == step) Process.GetCurrentProcess().Kill();
        };
        return InsideKeep.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
    case ["inside", "restore", .. var paths]:
        foreach (var note in InsideKeep.Restore([.. paths.Chunk(2).Select(pair => new KeptPath(pair[0], pair[1]))])) Console.WriteLine(note);
        return 0;
    default:
        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
}
