using Holdfast.Hub.Jobs;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Api.Contract;

/// <summary>A job as the API shows it.</summary>
/// <param name="Job">What the hub knows of it.</param>
/// <param name="Position">How many wait before it, in the order in which the queue looks now; null when it does not wait.</param>
/// <param name="EstimatedStart">When it will start, as far as the duration of earlier jobs of the same name tells; null when nothing tells.</param>
/// <param name="Price">Per hour with its type.</param>
/// <param name="Cost">What it has cost so far, all attempts and parts.</param>
/// <param name="Currency">Of both.</param>
/// <param name="States">Of a job with parts: how many of them stand where, by the state's name; empty for one that runs itself.</param>
/// <param name="LogLength">Bytes of its log.</param>
public sealed record JobView(JobRecord Job, int? Position, DateTimeOffset? EstimatedStart, decimal Price, decimal Cost, string Currency, IReadOnlyDictionary<string, int> States, long LogLength);

/// <summary>Some of the jobs, the newest first.</summary>
/// <param name="Jobs">Without the parts of others.</param>
/// <param name="Next">The <c>before</c> that gives those after them; null when there are no more.</param>
public sealed record JobList(IReadOnlyList<JobView> Jobs, long? Next);

/// <summary>What a job would be, without being it.</summary>
/// <param name="Spec">With defaults filled in.</param>
/// <param name="Type">The type that it would run with.</param>
/// <param name="Price">Per hour of all parts that run at once.</param>
/// <param name="MostCost">What it can cost at most: all parts, each with all of its attempts, each as long as <see cref="JobSpec.MaxDuration"/>. Null without such a limit.</param>
/// <param name="Currency">Of both.</param>
/// <param name="Parts">How many jobs it would be.</param>
/// <param name="Attempts">How often each of them runs at most.</param>
/// <param name="Arguments">The whole command of the first part.</param>
/// <param name="Position">How many would wait before it.</param>
/// <param name="Differences">Of a job of a machine: what the machine has and no image. Null for others.</param>
public sealed record JobPlan(
    JobSpec Spec, string Type, decimal Price, decimal? MostCost, string Currency, int Parts, int Attempts, IReadOnlyList<string> Arguments, int Position, MachineDifferences? Differences);

/// <summary>In what the environment of a machine, in which a job runs, is not what an image of its recipe would be; without a recipe, the image that it was started from.</summary>
/// <param name="Machine">Its name.</param>
/// <param name="Image">The image that it was started from; null for the host's own system.</param>
/// <param name="HasRecipe">Whether it has a recipe.</param>
/// <param name="Packages">Asked for by somebody, in the home too: those that are not in the recipe with their version (<c>Before</c> is the recipe's), and those that the recipe alone has (<c>Now</c> is null).</param>
/// <param name="Files">Files and folders that belong to no package and that no line of the recipe copies, settings too, the largest first; the first 100.</param>
/// <param name="MoreFiles">How many more there are.</param>
/// <param name="Unknown">Why that is not known, with the mend; null when it is.</param>
public sealed record MachineDifferences(string Machine, string? Image, bool HasRecipe, IReadOnlyList<PackageChange> Packages, IReadOnlyList<LostPath> Files, int MoreFiles, string? Unknown);

/// <summary>Code that was sent.</summary>
/// <param name="Code">What <see cref="JobSpec.Code"/> takes.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Of all of them.</param>
public sealed record CodeView(string Code, int Files, long Bytes);
