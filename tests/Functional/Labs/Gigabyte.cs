using System.Text;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A million lines of 1,000 bytes, each with its number.</summary>
internal static class Gigabyte
{
    private const int Lines = 1_000_000;
    private const int Line = 1000;

    /// <summary>The code that prints it.</summary>
    public static string Source { get; } = $"text = 'x' * {Line - 10}\nfor n in range({Lines}): print(f'{{n:08d}}', text)";

    /// <summary>A line of it, with its end.</summary>
    public static string LineAt(int number) => $"{number:D8} {new string('x', Line - 10)}\n";

    /// <summary>The number of the last line.</summary>
    public const int Last = Lines - 1;

    /// <summary>Reads it to its end.</summary>
    /// <param name="output">What was printed.</param>
    /// <param name="before">What comes before it.</param>
    public static async Task AssertWholeAsync(Stream output, string before = "")
    {
        var line = new byte[Line];
        var wanted = Encoding.ASCII.GetBytes(LineAt(0));
        using var buffered = new BufferedStream(output, 1 << 20);
        var first = new byte[before.Length];
        await buffered.ReadExactlyAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal(before, Encoding.ASCII.GetString(first));
        for (var number = 0; number < Lines; number++)
        {
            await buffered.ReadExactlyAsync(line, TestContext.Current.CancellationToken);
            Assert.True(number.TryFormat(wanted, out _, "D8"));
            Assert.True(wanted.AsSpan().SequenceEqual(line), $"line {number} is {Encoding.UTF8.GetString(line)}");
        }

        Assert.Equal(0, await buffered.ReadAsync(line, TestContext.Current.CancellationToken));
    }
}
