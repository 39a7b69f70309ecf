using System.Reflection;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Client;

/// <summary>A keeper outlives the program that started it, and may be older than its client.</summary>
public sealed partial class KeeperClient
{
    private IReadOnlyList<string> _knows = [];

    /// <summary>The release of this program.</summary>
    public static string OwnVersion => typeof(KeeperClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The release of the keeper that runs; null from one that is older than this question.</summary>
    public string? KeeperVersion { get; private set; }

    /// <summary>That the keeper that runs is of another release, and how it is renewed; null when it is of this one, or none runs.</summary>
    public string? Renewal => KeeperProcessId == 0 || KeeperVersion == OwnVersion ? null
        : $"The keeper that runs (process {KeeperProcessId}) is of {(KeeperVersion is null ? "an older release" : $"release {KeeperVersion}")}, this program of {OwnVersion}. It works; when nothing runs, "
          + "'holdfast keeper stop' ends it, and the next lab starts one of its own release.";

    /// <summary>What the keeper has done since it started; the failure <c>too-old</c> from one that does not count.</summary>
    public async Task<KeeperReply<KeeperMeasures>> MeasureAsync(CancellationToken cancellationToken)
    {
        // A keeper that does not know the request would close the connection.
        if (!_knows.Contains(Hello.Measure)) return new(null, new KeeperFailure("too-old", Renewal ?? "The keeper that runs does not count."));
        var reply = await QuestionAsync(new Request(Operation.Measure), cancellationToken);
        return new(reply.Measures, reply.Failure);
    }

    private void TakeAge(Hello hello) => (KeeperVersion, _knows) = (hello.Version, hello.Knows ?? []);
}
