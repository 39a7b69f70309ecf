using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Holdfast.History.Tests;

/// <summary>This program run again as a process that keeps versions until it is killed. It says the number of each.</summary>
internal sealed class ChildWriter : IDisposable
{
    private const string Variable = "HOLDFAST_TEST_HISTORY_WRITER";

    private readonly Process _process;

    /// <summary>Starts it on a state folder and a notebook.</summary>
    public ChildWriter(string state, string notebook)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, typeof(ChildWriter).Assembly.GetName().Name!)) { RedirectStandardOutput = true };
        start.Environment[Variable] = state + "\n" + notebook;
        _process = Process.Start(start)!;
    }

    /// <summary>The number of the last version that it said it has kept.</summary>
    public int Kept { get; private set; }

    /// <summary>What the child keeps as this version.</summary>
    public static byte[] Version(int number) =>
        Place.Notebook4([.. Enumerable.Range(0, 20).Select(cell => ($"c{cell}", $"x = {cell}", Place.Noise(cell == number % 20 ? 1000 + number : cell, 3000)))]);

    /// <summary>Listens until it has kept this many.</summary>
    public void ListenTo(int number)
    {
        while (Kept < number && _process.StandardOutput.ReadLine() is { } line)
            Kept = int.Parse(line, CultureInfo.InvariantCulture);
        Assert.True(Kept >= number, "The writer has ended.");
    }

    /// <summary>Kills it at whatever it is doing, and hears what it said before.</summary>
    public void Kill()
    {
        _process.Kill();
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out var kept))
                Kept = Math.Max(Kept, kept);
        }
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>Runs before the test runner's Main, and instead of it in the child.</summary>
    [ModuleInitializer]
    internal static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('\n') is not [var state, var notebook])
            return;
        using var said = Console.OpenStandardOutput();
        while (true)
        {
            using var store = HistoryStore.Open(state);
            var next = store.List(notebook) is [var newest, ..] ? newest.Number + 1 : 1;
            var kept = store.Add(notebook, Version(next), VersionKind.Save, Place.Noon)!;
            if (kept.Number % 10 == 0)
                store.Thin(Place.Noon, 200_000);
            said.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kept.Number}\n")));
        }
    }
}
