using Holdfast.Hub.Jobs;

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
/// <param name="Currency">Of the price.</param>
/// <param name="Parts">How many jobs it would be.</param>
/// <param name="Arguments">The whole command of the first part.</param>
/// <param name="Position">How many would wait before it.</param>
public sealed record JobPlan(JobSpec Spec, string Type, decimal Price, string Currency, int Parts, IReadOnlyList<string> Arguments, int Position);

/// <summary>Code that was sent.</summary>
/// <param name="Code">What <see cref="JobSpec.Code"/> takes.</param>
/// <param name="Files">How many files.</param>
/// <param name="Bytes">Of all of them.</param>
public sealed record CodeView(string Code, int Files, long Bytes);
