namespace Holdfast.Functional.Tests.Labs;

/// <summary>A cell that prints the numbers from 0 on, one each 0.1 s, until it is told to stop.</summary>
internal static class Counting
{
    public const string Source =
        "import os, time\nnumber = 0\nwhile not os.path.exists('stop'):\n    print(number, flush=True)\n    number += 1\n    time.sleep(0.1)\nprint('end')";

    /// <summary>Tells the cells of this workplace to stop.</summary>
    public static void Stop(Workplace workplace) => File.WriteAllText(workplace.PathOf("stop"), "");

    /// <summary>Asserts that nothing is missing, nothing doubled, and everything in its order.</summary>
    /// <param name="text">What the cell has shown.</param>
    public static void AssertWhole(string text)
    {
        var lines = text.Trim().Split('\n');
        Assert.Equal([.. Enumerable.Range(0, lines.Length - 1).Select(number => $"{number}"), "end"], lines);
    }
}
