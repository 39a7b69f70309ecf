using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>Debian's nbclient: what every Jupyter tool would make of a notebook.</summary>
internal static partial class Nbclient
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Skips the test where nbclient is not installed.</summary>
    public static async Task RequireAsync()
    {
        if (!File.Exists(Python) || (await RunAsync("-c", "import nbclient")).Exit != 0)
            Assert.Skip("python3-nbclient is not installed.");
    }

    /// <summary>The notebook with the outputs that nbclient gives it.</summary>
    public static async Task<JsonNode> ExecuteAsync(string notebook)
    {
        var (exit, output) = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Recording/execute.py"), notebook);
        Assert.True(exit == 0, output);
        return JsonNode.Parse(output)!;
    }

    /// <summary>JSON to be compared: its keys in order, and without what differs from run to run.</summary>
    public static string Steady(JsonNode node) => Unsteady().Replace(Sorted(node).ToJsonString(), "");

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, member.Value is { } value ? Sorted(value) : null))),
        JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };

    /// <summary>The names of temporary files in tracebacks.</summary>
    [GeneratedRegex(@"/tmp/ipykernel_[0-9]+/[0-9]+\.py|<ipython-input-[^>]*>")]
    private static partial Regex Unsteady();

    /// <summary>Runs it. It hangs now and then, waiting for a message of its kernel that it has missed: then it is started again.</summary>
    private static async Task<(int Exit, string Output)> RunAsync(params string[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                await process.WaitForExitAsync(limit.Token);
                return (process.ExitCode, process.ExitCode == 0 ? await output : await errors);
            }
            catch (OperationCanceledException) when (attempt < 4)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
