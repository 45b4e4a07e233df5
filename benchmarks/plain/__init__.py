"""The service that ours is compared with: Strawberry and DataLoaders on the same file, written well."""
