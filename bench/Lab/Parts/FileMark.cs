namespace Holdfast.Lab.Bench.Parts;

/// <summary>The end of a cell as the cell itself tells it: asking the server would cost what is measured.</summary>
internal static class FileMark
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task WaitAsync(string path, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (!File.Exists(path)) await timer.WaitForNextTickAsync(cancellationToken);
    }
}
