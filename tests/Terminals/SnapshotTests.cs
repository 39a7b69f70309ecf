namespace Holdfast.Terminals.Tests;

public sealed class SnapshotTests
{
    public static TheoryData<int, int> Sizes => new() { { 24, 80 }, { 5, 10 }, { 2, 3 }, { 50, 200 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Snapshot_AfterAnything_MakesTheSameScreen(int rows, int columns)
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var program = new RandomProgram(seed, rows, columns);
            var screen = new TerminalScreen(rows, columns, scrollback: 30);
            foreach (var piece in program.Cut(program.Next(pieces: seed % 100)))
            {
                screen.Feed(piece);
                // Also in the middle of a sequence or a character.
                if (program.Below(10) > 0 || ScreenText.CannotBeMade(screen)) continue;
                var again = new TerminalScreen(rows, columns, scrollback: 30);
                again.Feed(ScreenText.Snapshot(screen));
                Same(screen, again, seed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Snapshot_AndTheRest_IsTheSameAsAllOfIt(int rows, int columns)
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var program = new RandomProgram(seed, rows, columns);
            var whole = new TerminalScreen(rows, columns, scrollback: 30);
            var taken = new TerminalScreen(rows, columns, scrollback: 30);
            foreach (var piece in program.Cut(program.Next(pieces: 60)))
            {
                whole.Feed(piece);
                taken.Feed(piece);
                if (program.Below(12) == 0 && !ScreenText.CannotBeMade(taken))
                {
                    var next = new TerminalScreen(taken.Rows, taken.Columns, scrollback: 30);
                    next.Feed(ScreenText.Snapshot(taken));
                    taken = next;
                }

                if (program.Below(25) != 0) continue;
                var (height, width) = (2 + program.Below(rows * 2), 2 + program.Below(columns * 2));
                whole.Resize(height, width);
                taken.Resize(height, width);
            }

            Same(whole, taken, seed);
        }
    }

    private static void Same(TerminalScreen wanted, TerminalScreen screen, int seed)
    {
        var (one, other) = (ScreenText.Of(wanted), ScreenText.Of(screen));
        if (one != other) Assert.Fail($"seed {seed}\n--- wanted\n{one}\n--- is\n{other}\n--- by\n{System.Text.Encoding.UTF8.GetString(ScreenText.Snapshot(wanted)).Replace("\e", "␛", StringComparison.Ordinal)}");
    }
}
