namespace Holdfast.Hub.Stores;

/// <summary>A store for outputs of jobs that speaks S3's protocol, as <c>hub.yaml</c> has it. Jobs name it: <c>s3://NAME/PREFIX</c>.</summary>
public sealed record ObjectStore
{
    /// <summary>By which jobs name it: lower-case letters, digits and single <c>-</c>.</summary>
    public required string Name { get; init; }
    /// <summary>The bucket that all of it lies in.</summary>
    public required string Bucket { get; init; }
    /// <summary>Where the store listens; null for Amazon's own, of the region.</summary>
    public Uri? Endpoint { get; init; }
    /// <summary>The region that requests are signed for. Default <c>us-east-1</c>.</summary>
    public string Region { get; init; } = "us-east-1";
    /// <summary>Whether the bucket stands in addresses' paths and not before the host; null for: with an endpoint of its own yes, at Amazon's no.</summary>
    public bool? PathStyle { get; init; }
    /// <summary>The secret that holds its key, <c>KEY_ID:SECRET_KEY</c>: <c>NAME</c> for a secret of each job's owner, <c>PERSON/NAME</c> for that person's, whoever's job it is.</summary>
    public required string Secret { get; init; }
    /// <summary>Whether outputs stay on the team's storage, too, when they are in the store and their job has succeeded. Default yes.</summary>
    public bool KeepsLocal { get; init; } = true;
    /// <summary>How long it is tried to upload what is left when a job's command has ended. Default a day.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Where it is, for people.</summary>
    internal string Place => $"bucket {Bucket} at {Endpoint?.GetLeftPart(UriPartial.Authority) ?? $"Amazon S3, {Region}"}";
}
