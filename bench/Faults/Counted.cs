using System.Globalization;
using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Faults.Bench;

/// <summary>The load: a kernel that counts. Every number is printed, and every fifth shown as a display, too.</summary>
internal static class Counted
{
    public const int ShownEach = 5;

    public const string Setup = """
        import time
        from IPython.display import display
        n = 0
        def work(count):
            global n
            for _ in range(count):
                n += 1
                print(n)
                if n % 5 == 0: display(n)
                time.sleep(0.0005)
        """;

    /// <summary>About a third of a second.</summary>
    public const string Cell = "work(300)";

    /// <summary>The numbers that a broadcast brings, and whether they are displays.</summary>
    public static (long[] Numbers, bool Shown) Read(string type, in KernelMessage message)
    {
        if (type is not ("stream" or "display_data")) return ([], false);
        using var content = JsonDocument.Parse(message.Content);
        var shown = type == "display_data";
        var text = shown ? content.RootElement.GetProperty("data").GetProperty("text/plain").GetString()! : content.RootElement.GetProperty("text").GetString()!;
        // A number is written by one call and its line break by the next, so a piece can only be cut between them.
        return (Array.ConvertAll(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), word => long.Parse(word, CultureInfo.InvariantCulture)), shown);
    }
}
